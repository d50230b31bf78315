/** The document's language, colours and density, as the view has them. */
import type { View } from "../generated/host";
import { language } from "../i18n";

export function applyLook(view: Pick<View, "language" | "theme">, density: "calm" | "dense"): void {
  const root = document.documentElement;
  language.set(view.language);
  if (view.theme === "system") delete root.dataset.theme;
  else root.dataset.theme = view.theme;
  root.dataset.density = density;
}
