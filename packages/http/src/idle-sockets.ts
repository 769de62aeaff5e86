/** How long a socket waits for the next request, unless the server says that it closes it sooner. */
export const IDLE_MS = 30_000;

/** How many sockets wait for each target. More may be busy; those are closed after use. */
export const MAX_IDLE = 32;
