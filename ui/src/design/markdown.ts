/**
 * Markdown of articles as HTML, the same for whoever writes and whoever reads. Flow: text -> tokens -> HTML of a few plain
 * elements. HTML in the text is text; images are not loaded, their description is shown; links lead to the web or to a mail
 * address and nowhere else.
 * Invariant: whatever the text, the result holds no script, no handler, no style and no address but http, https, mailto.
 */
import MarkdownIt, { type Token } from "markdown-it";

/** Deeper lists and quotes are shown as the text they are. */
const MAX_DEPTH = 24;
/** An article's own title is the page's heading, so its parts begin here. */
const FIRST_HEADING = 2;
/** Blocks that run the way their own text does, whichever way the page does. */
const DIRECTED = new Set(["paragraph_open", "heading_open", "list_item_open", "blockquote_open", "th_open", "td_open"]);

const parser = new MarkdownIt({ html: false, linkify: true, breaks: true, typographer: false, maxNesting: MAX_DEPTH });
parser.linkify.set({ fuzzyLink: false, fuzzyIP: false });
parser.validateLink = (address) => /^(?:https?:\/\/|mailto:)[^\s]/i.test(address);

parser.renderer.rules.image = (tokens, index) => {
  const words = parser.utils.escapeHtml(tokens[index]?.content ?? "");
  return words === "" ? "" : `<span class="image">[${words}]</span>`;
};
parser.renderer.rules.link_open = (tokens, index, options, _env, self) => {
  const token = tokens[index];
  if (token) {
    const address = token.attrGet("href") ?? "";
    // The words of a link may say anything; its title says where it leads.
    token.attrs = [["href", address], ["title", address], ["target", "_blank"], ["rel", "noopener noreferrer"]];
  }
  return self.renderToken(tokens, index, options);
};

/** Without links that have no address: `[words]()` are words, and not a way to this very page. */
function leading(children: Token[]): Token[] {
  const open: boolean[] = [];
  return children.filter((token) => {
    if (token.type === "link_open") open.push((token.attrGet("href") ?? "") !== "");
    const kept = open.at(-1) ?? true;
    if (token.type === "link_close") open.pop();
    return kept || (token.type !== "link_open" && token.type !== "link_close");
  });
}

parser.core.ruler.push("plain_blocks", (state) => {
  for (const token of state.tokens) {
    if (token.children) token.children = leading(token.children);
    if (token.type === "heading_open" || token.type === "heading_close") {
      token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + FIRST_HEADING - 1)}`;
    }
    // A table's alignment comes as a style, which the page's security policy forbids.
    if (token.attrs) token.attrs = token.attrs.filter(([name]) => name !== "style");
    if (DIRECTED.has(token.type)) token.attrSet("dir", "auto");
  }
});

/** HTML to be put into an element as it is. */
export function markdown(text: string): string {
  return parser.render(text);
}

/** What this module needs of Trusted Types, which not every browser knows. */
interface Policies {
  createPolicy(name: string, rules: { createHTML: (text: string) => string }): { createHTML: (text: string) => string };
}

/** Under the console's Content-Security-Policy, text becomes elements by a named policy only: here, and in the templates. */
const policy = (globalThis as { trustedTypes?: Policies }).trustedTypes?.createPolicy("renfort-markdown", { createHTML: markdown });

/** The same as `markdown`, as the browser wants it. */
export function markup(text: string): string {
  return policy === undefined ? markdown(text) : policy.createHTML(text);
}
