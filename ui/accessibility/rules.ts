/** What axe is asked. */
import type { AxeResults, RunOptions } from "axe-core";
import type { Stage } from "./stage";

/** WCAG 2.2 AA, the French rules, and what axe calls good practice. */
const EVERYTHING: RunOptions = {
  runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4", "best-practice"] },
  rules: { "target-size": { enabled: true } },
  resultTypes: ["violations"],
  preload: false,
};

/** What another theme can change. */
export const COLOURS: RunOptions = { runOnly: ["color-contrast", "link-in-text-block"], resultTypes: ["violations"], preload: false };

/** 7:1, for who asked for more contrast. */
export const CONTRAST: RunOptions = { runOnly: ["color-contrast-enhanced"], resultTypes: ["violations"], preload: false };

/** What axe finds, a line each; empty when all is well. */
export async function found(stage: Stage, options: RunOptions = EVERYTHING): Promise<string> {
  const { violations } = await stage.page.evaluate(
    (asked) => (window as unknown as { axe: { run(options: unknown): Promise<AxeResults> } }).axe.run(asked),
    options as unknown,
  );
  return violations
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary = "" }) => `${id}: ${html.slice(0, 300)} ${failureSummary.replaceAll(/\s+/g, " ")}`))
    .join("\n");
}
