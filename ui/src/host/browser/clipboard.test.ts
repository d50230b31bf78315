import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PageClipboard, type ReadPermission } from "./clipboard";

let inside: string;
let selected: string;
let permission: ReadPermission;
let mayWrite: boolean;
let copied: string[];
let reads: number;
let clipboard: PageClipboard;
const settled = (): Promise<void> => new Promise((done) => setTimeout(done));
const comeBack = (): Promise<void> => {
  window.dispatchEvent(new Event("focus"));
  return settled();
};

beforeEach(() => {
  [inside, selected, permission, mayWrite, copied, reads] = ["old", "", "granted", true, [], 0];
  vi.spyOn(document, "hasFocus").mockReturnValue(true);
  clipboard = new PageClipboard((text) => copied.push(text), {
    permission: () => Promise.resolve(permission),
    read: () => {
      reads += 1;
      return Promise.resolve(inside);
    },
    write: (text) => {
      if (!mayWrite) return Promise.reject(new Error("not in front"));
      inside = text;
      return Promise.resolve();
    },
    selection: () => selected,
  });
});
afterEach(() => clipboard.close());

test("what was copied before is never handed out, what is copied from then on is, once", async () => {
  clipboard.watch(true);
  await settled();
  await comeBack();
  inside = "new";
  await comeBack();
  await comeBack();
  expect(copied).toEqual(["new"]);
  clipboard.watch(false);
  inside = "private";
  clipboard.watch(true);
  await settled();
  await comeBack();
  expect(copied).toEqual(["new"]);
});

test("nobody is asked for permission by coming back to the page", async () => {
  permission = "prompt";
  clipboard.watch(true);
  await comeBack();
  expect(reads).toBe(0);
});

test("what is copied on the page needs no permission", async () => {
  permission = "denied";
  clipboard.watch(true);
  await settled();
  selected = "T-1001";
  document.dispatchEvent(new Event("copy"));
  expect(copied).toEqual(["T-1001"]);
});

test("the user's text is put in as soon as the page may, and does not come back as the technician's", async () => {
  mayWrite = false;
  clipboard.watch(true);
  await clipboard.set("first");
  await clipboard.set("second");
  expect(inside).toBe("old");
  mayWrite = true;
  await comeBack();
  expect(inside).toBe("second");
  await comeBack();
  expect(copied).toEqual([]);
});

test("half a character does not end a session", async () => {
  clipboard.watch(true);
  await settled();
  inside = "a\ud800b";
  await comeBack();
  expect(copied).toEqual(["a\ufffdb"]);
});

test("after close nothing is read", async () => {
  clipboard.watch(true);
  await settled();
  clipboard.close();
  const before = reads;
  inside = "new";
  await comeBack();
  expect([reads, copied]).toEqual([before, []]);
});
