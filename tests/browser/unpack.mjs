// Usage: node unpack.mjs FOLDER: the package's Chromium, the libraries that it needs and its fonts, as it lies there.
import { createReadStream, createWriteStream } from 'node:fs'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { createBrotliDecompress } from 'node:zlib'

const bin = join(dirname(fileURLToPath(import.meta.url)), 'node_modules', '@sparticuz', 'chromium', 'bin')
const files = { 'chromium.br': 'chromium', 'al2023.tar.br': 'libraries.tar', 'fonts.tar.br': 'fonts.tar' }

for (const [from, to] of Object.entries(files)) {
  const target = createWriteStream(join(process.argv[2], to), { mode: 0o755 })
  await pipeline(createReadStream(join(bin, from)), createBrotliDecompress(), target)
}
