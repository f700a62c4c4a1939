package dev.curfew.directory;

/**
 * How somebody wants to join a live session.
 *
 * @param gateway the gateway server's address
 * @param width of the screen, in pixels
 * @param height of the screen, in pixels
 */
public record JoinRequest(String gateway, int width, int height, int dpi) {}
