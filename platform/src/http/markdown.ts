import { escapeHtml } from './page-shell.ts'

/**
 * The little Markdown our own pages use: headings, paragraphs, lists, fenced code, inline code, links to paths of this server.
 * Everything else is text.
 */
export function renderMarkdown(source: string): string {
  const blocks: string[] = []
  for (const [index, part] of source.split(/^```.*$/m).entries()) {
    if (index % 2 === 1) blocks.push(`<pre>${escapeHtml(part.trim())}</pre>`)
    else blocks.push(...part.split(/\n\s*\n/).map(renderBlock))
  }
  return blocks.filter((block) => block !== '').join('\n')
}

function renderBlock(block: string): string {
  const text = block.trim()
  if (text === '') return ''
  const heading = /^(#{1,3}) (.+)$/.exec(text)
  if (heading?.[1] && heading[2]) return `<h${heading[1].length}>${inline(heading[2])}</h${heading[1].length}>`
  if (text.startsWith('- ')) {
    const items = text.split(/^- /m).slice(1)
    return `<ul>${items.map((item) => `<li>${inline(item.trim())}</li>`).join('')}</ul>`
  }
  return `<p>${inline(text)}</p>`
}

function inline(text: string): string {
  return escapeHtml(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\[([^\]]+)\]\((\/[^)\s]*)\)/g, '<a href="$2">$1</a>')
}
