/** English words for help before the queue, canned replies and drafts. */
import { counted } from "./plural";

const n = counted("en");

export const articles = {
  help: {
    title: "Perhaps this helps right away",
    count: (count: number) => (count === 0 ? "" : `${n(count, "article", "articles")} may help.`),
    inOther: { en: "in English", fr: "in French" },
    reading: "Self-help",
    solved: "That solved it",
    notSolved: "I still need help",
    thanks: "Good to hear!",
    thanksHint: "No ticket was opened. You can ask for help whenever you need it.",
    done: "Done",
    after: "It is not solved after all",
    address: "Open this address in your browser:",
  },
  replies: {
    open: "Canned replies",
    hint: "or type / in an empty line",
    list: "Canned replies",
    none: "There is no canned reply yet. They are kept in the console.",
    noneFits: "No canned reply fits.",
    loading: "Fetching the canned replies…",
    count: (count: number) => n(count, "canned reply", "canned replies"),
    inOther: { en: "in English only", fr: "in French only" },
  },
  draft: {
    make: "Make a draft article from this",
    makeHint: "For the next person with this problem. It is checked before anyone sees it.",
    title: "Title",
    body: "Text, in Markdown",
    language: { en: "in English", fr: "in French" },
    names: "The names of the user and of the machine were replaced by […]. Please look for others: no article may name anybody.",
    noNames: "Please look whether it names anybody: no article may.",
    missing: "A draft needs a title and a text.",
    saved: "The draft is kept. You find it in the console, among the drafts.",
    discard: "No draft",
    problem: "The problem",
    helped: "What helped",
    willSave: "The draft is saved together with the ticket.",
  },
};
