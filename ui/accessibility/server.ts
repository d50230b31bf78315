/** What all tests here share: the stand, built as the product is, and served. Ended when the last test has run. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, preview } from "vite";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** Address of the stand. */
    stand: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const outDir = await mkdtemp(join(tmpdir(), "renfort-stand-"));
  const configFile = "vite.config.ts";
  await build({
    configFile,
    logLevel: "warn",
    build: { outDir, emptyOutDir: true, minify: false, reportCompressedSize: false, rollupOptions: { input: "accessibility/stand/index.html" } },
  });
  const server = await preview({ configFile, logLevel: "warn", build: { outDir }, preview: { port: 0, host: "127.0.0.1" } });
  const address = server.resolvedUrls?.local[0];
  if (address === undefined) throw new Error("the stand is not served");
  project.provide("stand", `${address}accessibility/stand/`);
  return async () => {
    await server.close();
    await rm(outDir, { recursive: true, force: true });
  };
}
