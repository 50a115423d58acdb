// Markdown to HTML as GitHub does it: GFM, line breaks in comments, raw HTML through GitHub's own allow-list.
import rehypeRaw from 'rehype-raw'
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize'
import rehypeStarryNight from 'rehype-starry-night'
import rehypeStringify from 'rehype-stringify'
import remarkBreaks from 'remark-breaks'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import remarkRehype from 'remark-rehype'
import { unified } from 'unified'

const markdown = () => unified().use(remarkParse).use(remarkGfm).use(remarkBreaks)
  .use(remarkRehype, { allowDangerousHtml: true }).use(rehypeRaw)

const bare = markdown().use(rehypeStringify).freeze()

/** What the markdown says before GitHub's allow-list hides anything: for tests. */
export const renderBare = (text) => String(bare.processSync(text))

/** What a reader sees; a suggestion replaces `old`, an array of lines, as in GitHub's box. */
export async function renderComment(text, old = []) {
  const seen = markdown().use(rehypeSanitize, defaultSchema).use(suggestions, old)
    .use(rehypeStarryNight).use(rehypeStringify)
  return String(await seen.process(text))
}

/** A code block with the info string `suggestion` becomes a box with the removed and the added lines. */
function suggestions(old) {
  return (tree) => {
    tree.children.forEach((node, index) => {
      const code = node.tagName === 'pre' ? node.children[0] : null
      if (code?.properties.className?.includes('language-suggestion')) tree.children[index] = box(old, textOf(code))
    })
  }
}

function box(old, text) {
  const added = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const rows = [...old.map((line) => row('removed', '-', line)), ...added.map((line) => row('added', '+', line))]
  return element('div', 'suggestion', [
    element('div', 'suggestion-title', [{ type: 'text', value: 'Suggested change' }]),
    element('div', 'suggestion-lines', rows),
    element('div', 'suggestion-foot', [element('span', 'button', [{ type: 'text', value: 'Commit suggestion' }])]),
  ])
}

const row = (kind, sign, line) => element('div', `line ${kind}`, [{ type: 'text', value: `${sign} ${line}` }])

const textOf = (node) => node.value ?? node.children.map(textOf).join('')

const element = (tagName, className, children) => ({
  type: 'element', tagName, properties: { className: className.split(' ') }, children,
})
