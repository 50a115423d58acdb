// For tests: one JSON string of markdown a line in, one JSON string of HTML a line out.
import { createInterface } from 'node:readline'
import { renderBare } from './github.mjs'

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(renderBare(JSON.parse(line))) + '\n')
}
