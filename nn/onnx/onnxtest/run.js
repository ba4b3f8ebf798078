// Runs ONNX files: node run.js FOLDER, where jobs.json lists names. For each
// name the folder holds name.onnx, name.json (the sizes of the input) and
// name.in (its values, float32); it gets name.out and name.sizes.
const fs = require("fs");
const path = require("path");

async function main() {
  const folder = process.argv[2];
  const ort = require(require.resolve("onnxruntime-node", { paths: [process.argv[3]] }));
  for (const name of JSON.parse(fs.readFileSync(path.join(folder, "jobs.json")))) {
    const file = (ending) => path.join(folder, name + ending);
    try {
      const session = await ort.InferenceSession.create(file(".onnx"), { logSeverityLevel: 3 });
      const bytes = fs.readFileSync(file(".in"));
      const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
      const input = new ort.Tensor("float32", values, JSON.parse(fs.readFileSync(file(".json"))));
      const outputs = await session.run({ [session.inputNames[0]]: input });
      const y = outputs[session.outputNames[0]];
      fs.writeFileSync(file(".out"), Buffer.from(y.data.buffer, y.data.byteOffset, y.data.byteLength));
      fs.writeFileSync(file(".sizes"), JSON.stringify(y.dims));
    } catch (problem) {
      fs.writeFileSync(file(".problem"), String(problem));
    }
  }
}

main();
