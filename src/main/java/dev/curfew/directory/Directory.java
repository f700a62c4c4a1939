package dev.curfew.directory;

/** All services over realms and what belongs to them. */
public record Directory(
    Realms realms,
    Users users,
    Policies policies,
    ApiKeys apiKeys,
    Credentials credentials,
    Checkouts checkouts,
    Resources resources,
    JumpItems jumpItems,
    SessionOpenings sessionOpenings,
    SessionChanges sessionChanges,
    SessionReads sessionReads,
    JoinTokens joinTokens) {}
