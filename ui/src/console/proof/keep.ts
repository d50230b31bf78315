/** Taking a checkpoint elsewhere: as a file, or by mail. */

/** The name of a checkpoint's file, by the number of records that it stands for. */
export function checkpointFile(records: number | undefined): string {
  return records === undefined ? "checkpoint.txt" : `checkpoint-${records}.txt`;
}

export function saveText(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has the text only once it has begun to save.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Opens the person's own mail program (RFC 6068); nothing is sent by itself. */
export function mailOf(subject: string, body: string): string {
  return `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body.replaceAll("\n", "\r\n"))}`;
}
