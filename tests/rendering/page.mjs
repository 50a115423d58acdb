// A conversation as a page: JSON on stdin ({theme, posts: [{where, rows, body, old}]}), HTML on stdout.
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { renderComment } from './github.mjs'

const { theme, posts } = JSON.parse(readFileSync(0, 'utf-8'))
const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const look = await readFile(here(`node_modules/github-markdown-css/github-markdown-${theme}.css`), 'utf-8')
const frame = await readFile(here('page.css'), 'utf-8')

const escape = (text) => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)

const codeRow = ({ number, sign, text }) => {
  const kind = { '+': 'added', '-': 'removed' }[sign] ?? 'context'
  return `<div class="line ${kind}"><span class="number">${number ?? ''}</span>${escape(`${sign} ${text}`)}</div>`
}

const code = ({ where, rows }) => where === undefined ? '' :
  `<div class="where">${escape(where)}</div><div class="code">${rows.map(codeRow).join('')}</div>`

const post = async (each) => `<section>${code(each)}<article>
<header><span class="avatar"></span><b>pr-reviewer</b> <span class="bot">bot</span> <span class="when">now</span></header>
<div class="markdown-body">${await renderComment(each.body, each.old)}</div></article></section>`

process.stdout.write(`<!doctype html><html lang="en" data-theme="${theme}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>page</title><style>${look}\n${frame}</style>
<body>${(await Promise.all(posts.map(post))).join('\n')}</body></html>`)
