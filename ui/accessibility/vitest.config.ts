import { defineConfig } from "vitest/config";

// Apart from the quick tests beside the code: these drive a browser over the pages as they are built.
export default defineConfig({
  test: {
    environment: "node",
    include: ["accessibility/**/*.test.ts"],
    globalSetup: ["accessibility/server.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // What a test file loads serves the next one, too.
    isolate: false,
    chaiConfig: { truncateThreshold: 0 },
  },
});
