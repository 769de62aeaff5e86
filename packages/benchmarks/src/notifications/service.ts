/** What the measured service asks for. */
export const API_KEY = "bench-key";
