/** Waits until all candidates are in the description. */
async function gathered(peer) {
  while (peer.iceGatheringState !== "complete") await new Promise((done) => setTimeout(done, 20));
}

/** What the connection says of its video. */
async function stats() {
  const found = { codecs: [] };
  for (const report of (await window.peer.getStats()).values()) {
    const isVideo = /^(inbound|outbound)-rtp$/.test(report.type) && report.kind === "video";
    if (isVideo || (report.type === "candidate-pair" && report.nominated)) found[report.type] = report;
    if (report.type === "codec" && /video/.test(report.mimeType)) found.codecs.push(`${report.mimeType} ${report.sdpFmtpLine || ""}`);
  }
  return JSON.stringify(found);
}
