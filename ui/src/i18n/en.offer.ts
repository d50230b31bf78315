/** English words for a link that would set Renfort up. */
export const offer = {
  title: "Set up Renfort with this link?",
  body: (name: string) => `A link was opened that would let ${name} help you on this computer.`,
  through: "Through",
  replaces: (name: string) => `It would take the place of ${name}: their technicians could no longer help you.`,
  sure: "Say yes only if your own helpdesk gave you this link.",
  decline: "Change nothing",
  accept: "Use this link",
  replace: "Replace",
};
