package dev.curfew.bus;

/** One address of the event bus and what travels on it. */
public record Route<T>(String address, Class<T> type, WireFormat<T> format) {}
