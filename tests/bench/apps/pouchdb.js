// PouchDB replicates to PouchDB Server, both in this process's folder: node pouchdb.js MODULES FACTS
// FACTS holds a JSON document a line. Prints documents, seconds and bytes that reached the server.
"use strict";
const { createRequire } = require("module");
const fs = require("fs");
const path = require("path");
const need = createRequire(path.join(process.argv[2], "package.json"));
const PouchDB = need("pouchdb");
const express = need("express");

const folder = path.dirname(process.argv[3]);
const docs = fs.readFileSync(process.argv[3], "utf8").trimEnd().split("\n").map((line, n) => ({ _id: String(n + 1).padStart(8, "0"), ...JSON.parse(line) }));
const Served = PouchDB.defaults({ prefix: path.join(folder, "served-") });
const app = express();
app.use("/", need("express-pouchdb")(Served, { inMemoryConfig: true, logPath: path.join(folder, "pouchdb.log"), mode: "minimumForPouchDB" }));
const sockets = new Set();
let closed = 0;
const server = app.listen(0, "127.0.0.1", async () => {
  server.on("connection", (socket) => { sockets.add(socket); socket.on("close", () => { closed += socket.bytesRead; sockets.delete(socket); }); });
  const source = new PouchDB(path.join(folder, "source"));
  for (let n = 0; n < docs.length; n += 500) await source.bulkDocs(docs.slice(n, n + 500));
  const start = process.hrtime.bigint();
  const done = await source.replicate.to(`http://127.0.0.1:${server.address().port}/facts`, { batch_size: 500 });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  let bytes = closed;
  for (const socket of sockets) bytes += socket.bytesRead;
  console.log(JSON.stringify({ documents: done.docs_written, seconds, bytes }));
  process.exit(0);
});
