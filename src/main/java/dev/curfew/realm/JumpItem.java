package dev.curfew.realm;

/** An endpoint of the PRA dialect, bound to the policy of its sessions. */
public record JumpItem(int realmId, String type, long id, String name, int policyId) {}
