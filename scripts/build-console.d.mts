/** Builds when something changed since the last time; otherwise only compares one hash. */
export function ensureConsoleBuilt(): Promise<void>
