/**
 * Checks an exported log in this page, without the relay (the audit format, "Checking").
 *
 * Flow: parts of the file -> lines -> records, some hundred at a time, whose hashes are computed side by side and judged
 * in order -> the signed checkpoint -> a proof, or the first fault.
 *
 * Invariant: what is wrong is named as the relay's own verifier names it; the shared vectors hold both to that.
 */
import { exportedRecord, type ExportedRecord, header, type Header, type LogRecord, trailer } from "./canonical";
import { type Checkpoint, checkpointOf, NoCrypto, requireEd25519 } from "./checkpoint";
import { type Gaps, Watch } from "./gaps";
import { bytesOf, leaf, sha256, Tree, utf8 } from "./hash";
import { Heads, type Signatures } from "./heads";
import { checkpointsIn } from "./kept";
import { type Displaced, Search } from "./order";

/** What is known of the log from elsewhere. */
export interface Against {
  /** The relay's key, hexadecimal. */
  readonly key: string | null;
  /** Texts with signed checkpoints from before. */
  readonly kept: readonly string[];
}

export interface Proof extends Gaps {
  readonly size: number;
  readonly root: string;
  readonly log: Header;
  readonly checkpoint: string;
  /** When the first and the last record were written; null in an empty log. */
  readonly span: readonly [number, number] | null;
  readonly signatures: Signatures;
}

export interface Fault {
  readonly fault: string;
  /** The record that it names. */
  readonly seq: number | null;
  /** The record that stands in its place. */
  readonly found: number | null;
  /** The other place that it names, counted from 0. */
  readonly at: number | null;
}

export type Outcome = Proof | Fault;

/** It could not be checked: no word against the log, but on the file or on what it was to be checked with. */
export const UNCHECKED: ReadonlySet<string> = new Set(["no_log", "changed_on_the_way", "version", "unreadable_kept"]);

/** Records whose hashes are computed side by side. */
const BATCH = 400;
/** A longer line is none of a log's: its parts are bounded. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
const LINE_FEED = 0x0a;

class Faulty extends Error {
  readonly outcome: Fault;

  constructor(fault: string, seq: number | null = null, { found, at }: Pick<Fault, "found" | "at"> = { found: null, at: null }) {
    super(fault);
    this.outcome = { fault, seq, found, at };
  }

  static displaced(displaced: Displaced): Faulty {
    return new Faulty(displaced.fault, displaced.seq, displaced);
  }
}

const COMMITMENT = utf8("renfort audit commitment v1\0");

async function commitment(name: string, { salt, value }: { salt: string; value: string }): Promise<string> {
  return sha256(COMMITMENT, bytesOf(salt), Uint8Array.of(Math.min(name.length, 255)), utf8(name), utf8(value));
}

interface Computed {
  readonly exported: ExportedRecord;
  readonly hash: string;
  readonly openings: boolean;
}

const VERSION = 1;
/** A line that no log has: what stands in the place of one that is not UTF-8, or too long. */
const NO_LINE = "\ufffd";

/** A blank line is an editor's, or a mail program's. */
function afterCheckpoint(line: string): Faulty {
  return new Faulty(/^[ \t\r]*$/.test(line) ? "changed_on_the_way" : "no_checkpoint");
}

/** A line's record, if it is one that fits its own hash. */
function recordOf(computed: Computed | null): LogRecord | null {
  const fits = computed !== null && computed.hash === computed.exported.hash && computed.exported.record.v === VERSION;
  return fits ? computed.exported.record : null;
}

async function compute(line: string): Promise<Computed | null> {
  const exported = exportedRecord(line);
  if (exported === null) return null;
  const hashes = [...exported.revealed].map(async ([name, shown]) => (await commitment(name, shown)) === exported.record.commitments.get(name));
  const [hash, ...openings] = await Promise.all([leaf(exported.canonical), ...hashes]);
  return { exported, hash: hash as string, openings: openings.every(Boolean) };
}

class Verifier {
  #log: Header | null = null;
  #kept: Checkpoint[] = [];
  #checkpoint: string | null = null;
  #tree = new Tree();
  #last = "0".repeat(64);
  #sessions = new Map<string, number>();
  #heads = new Heads();
  #watch = new Watch();
  /** A record is out of its place: where did it go? */
  #search: Search | null = null;
  #first: number | null = null;
  #latest = 0;

  constructor(private readonly against: Against) {}

  get size(): number {
    return this.#tree.size;
  }

  async push(lines: readonly string[]): Promise<void> {
    let rest = lines;
    if (this.#log === null && rest.length > 0) {
      await this.#begin(rest[0] as string);
      rest = rest.slice(1);
    }
    const end = rest.findIndex((line) => line.startsWith('{"checkpoint":'));
    // The checkpoint has been there already, or comes among these lines.
    if (this.#checkpoint !== null && rest.length > 0) throw afterCheckpoint(rest[0] as string);
    const records = end < 0 ? rest : rest.slice(0, end);
    for (const computed of await Promise.all(records.map(compute))) {
      if (this.#search !== null) {
        this.#search.see(recordOf(computed));
        continue;
      }
      const exported = await this.#judge(computed);
      if (exported === null) continue;
      this.#watch.see(exported);
      this.#first ??= exported.record.at;
      this.#latest = exported.record.at;
      await this.#holdAgainstKept();
    }
    if (end < 0) return;
    if (this.#search !== null) throw Faulty.displaced(this.#search.outcome);
    this.#checkpoint = trailer(rest[end] as string);
    if (this.#checkpoint === null) throw new Faulty("no_checkpoint");
    if (end + 1 < rest.length) throw afterCheckpoint(rest[end + 1] as string);
  }

  async #begin(line: string): Promise<void> {
    if (line.startsWith("\ufeff") || line.endsWith("\r")) throw new Faulty("changed_on_the_way");
    // Whoever took the header away left the other lines.
    if (!['{"export":', '{"hash":', '{"checkpoint":'].some((begin) => line.startsWith(begin))) throw new Faulty("no_log");
    const found = header(line);
    if (found === null) throw new Faulty("bad_header");
    if (this.against.key !== null && this.against.key !== found.key) throw new Faulty("other_key");
    if (/^renfort\/[0-9a-f]{16}$/.test(found.origin) && found.origin !== `renfort/${found.key.slice(0, 16)}`) throw new Faulty("foreign_origin");
    for (const text of this.against.kept) {
      const signed = checkpointsIn(text);
      if (signed.length === 0) throw new Faulty("unreadable_kept");
      for (const one of signed) {
        const kept = await checkpointOf(one, found);
        // Altered since this log's key signed it, or never a checkpoint.
        if (kept === "malformed" || kept === "bad_signature") throw new Faulty("unreadable_kept");
        if (typeof kept === "string") throw new Faulty("bad_kept");
        this.#kept.push(kept);
      }
    }
    this.#log = found;
    await this.#holdAgainstKept();
  }

  /** The log is as long as some kept checkpoint: is it the same log? */
  async #holdAgainstKept(): Promise<void> {
    const due = this.#kept.filter((kept) => kept.size === this.size);
    if (due.length === 0) return;
    this.#kept = this.#kept.filter((kept) => kept.size !== this.size);
    const root = await this.#tree.root();
    if (due.some((kept) => kept.root !== root)) throw new Faulty("rewritten");
  }

  /** The record, or nothing where it stands in another's place: the search for that one has begun. */
  async #judge(computed: Computed | null): Promise<ExportedRecord | null> {
    const seq = this.size;
    if (computed === null) throw new Faulty("malformed", seq);
    const { exported, hash, openings } = computed;
    const { record } = exported;
    if (hash !== exported.hash) throw new Faulty("altered", seq);
    if (record.v !== VERSION) throw new Faulty("version", seq);
    if (record.seq < seq) throw Faulty.displaced({ fault: "repeated", seq, found: record.seq, at: record.seq });
    if (record.seq > seq) {
      this.#search = new Search(seq, record.seq, this.#last);
      return null;
    }
    if (record.prev !== this.#last) throw new Faulty("broken_chain", seq);
    const next = record.session === null ? null : (this.#sessions.get(record.session) ?? 0);
    if (record.session_seq !== next) throw new Faulty("session_gap", seq);
    if (record.session !== null && next !== null) this.#sessions.set(record.session, next + 1);
    if (!openings) throw new Faulty("wrong_value", seq);
    const fault = await this.#heads.see(exported);
    if (fault !== null) throw new Faulty(fault, seq);
    await this.#tree.push(hash);
    this.#last = hash;
    return exported;
  }

  async finish(): Promise<Proof> {
    if (this.#search !== null) throw Faulty.displaced(this.#search.outcome);
    const [log, text] = [this.#log, this.#checkpoint];
    if (log === null) throw new Faulty("no_log");
    if (text === null) throw new Faulty("no_checkpoint");
    const checkpoint = await checkpointOf(text, log);
    if (typeof checkpoint === "string") throw new Faulty("bad_checkpoint");
    if (checkpoint.size !== this.size) throw new Faulty("wrong_size", Math.min(checkpoint.size, this.size));
    if (checkpoint.root !== (await this.#tree.root())) throw new Faulty("wrong_root");
    if (this.#kept.length > 0) throw new Faulty("cut_off", this.size);
    const span = this.#first === null ? null : ([this.#first, this.#latest] as const);
    return { size: checkpoint.size, root: checkpoint.root, log, checkpoint: text, span, signatures: this.#heads.told(), ...this.#watch.gaps() };
  }
}

/** The lines of a file that comes in parts. What is not UTF-8, or too long, is read as a line that no log has. */
async function* linesOf(parts: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  // A byte order mark is a character like any other here, so that it is noticed.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let begun: Uint8Array[] = [];
  let size = 0;
  let isFirst = true;
  const take = (bytes: Uint8Array): void => {
    begun.push(bytes);
    size += bytes.length;
  };
  const line = (): string => {
    const bytes = new Uint8Array(size);
    begun.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
    begun = [];
    size = 0;
    // UTF-16, as some shells write what is sent into a file: told as the mark that it begins with.
    const isWide = isFirst && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff));
    isFirst = false;
    if (isWide) return "\ufeff";
    try {
      return bytes.length > MAX_LINE_BYTES ? NO_LINE : decoder.decode(bytes);
    } catch {
      return NO_LINE;
    }
  };
  for await (const part of parts) {
    let rest = part;
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
      take(rest.subarray(0, end));
      yield line();
      rest = rest.subarray(end + 1);
    }
    take(rest);
    if (size > MAX_LINE_BYTES) break;
  }
  if (size > 0) yield line();
}

/** Checks the file. `onProgress` hears how many records hold so far. Throws what `parts` throws, and `NoCrypto`. */
export async function prove(parts: AsyncIterable<Uint8Array>, against: Against, onProgress: (records: number) => void = () => undefined): Promise<Outcome> {
  // WebCrypto is there only in a page that came over TLS or from this machine.
  if (globalThis.crypto?.subtle === undefined) throw new NoCrypto();
  await requireEd25519();
  const verifier = new Verifier(against);
  try {
    let batch: string[] = [];
    for await (const line of linesOf(parts)) {
      batch.push(line);
      if (batch.length < BATCH) continue;
      await verifier.push(batch);
      batch = [];
      onProgress(verifier.size);
    }
    await verifier.push(batch);
    return await verifier.finish();
  } catch (thrown) {
    if (thrown instanceof Faulty) return thrown.outcome;
    throw thrown;
  }
}
