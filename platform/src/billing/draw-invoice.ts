import { createRequire } from 'node:module'
import type { Invoice, InvoiceLine } from './invoice.ts'
import { formatMoney } from './money.ts'
import type { Seller } from './seller.ts'

const { resolve } = createRequire(import.meta.url)
/** Latin, Greek, Cyrillic and more: the standard typefaces of PDF have western letters only. */
const typefaces = {
  text: resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  bold: resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
}

/** Points from the left edge of an A4 page, 595 wide. */
const page = { margin: 50, width: 495, amountWidth: 120, bottom: 760 }
const muted = '#555555'

/** A sealed invoice as a PDF in the seller's brand. The same invoice makes the same bytes: its only date is that of its seal. */
export async function drawInvoice(invoice: Invoice, lines: readonly InvoiceLine[]): Promise<Buffer> {
  const { seller, number, sealedAt } = invoice
  if (seller === null || number === null || sealedAt === null) throw new Error('only a sealed invoice is drawn')
  const at = new Date(sealedAt)
  // With the first invoice: most servers draw none for days.
  const { default: PDFDocument } = await import('pdfkit')
  const pdf = new PDFDocument({
    size: 'A4',
    margin: page.margin,
    info: { Title: `Invoice ${number}`, Author: seller.name, CreationDate: at, ModDate: at },
  })
  pdf.registerFont('text', typefaces.text).registerFont('bold', typefaces.bold)
  const bytes = collect(pdf)
  drawHead(pdf, seller, number)
  drawParties(pdf, invoice, seller)
  for (const line of lines) drawLine(pdf, line, invoice.currency)
  drawTotals(pdf, invoice, seller)
  pdf.end()
  return bytes
}

async function collect(pdf: PDFKit.PDFDocument): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of pdf) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function drawHead(pdf: PDFKit.PDFDocument, seller: Seller, number: string): void {
  pdf.rect(0, 0, pdf.page.width, 8).fill(seller.colour)
  pdf.font('bold').fontSize(18).fillColor(seller.colour).text(seller.name, page.margin, 40)
  const about = [...seller.address, seller.email, seller.taxNumber === null ? null : `Tax number ${seller.taxNumber}`]
  pdf.font('text').fontSize(8).fillColor(muted)
  for (const text of about) if (text !== null) pdf.text(text)
  pdf.moveDown(2).font('bold').fontSize(14).fillColor('black').text(`Invoice ${number}`)
}

function drawParties(pdf: PDFKit.PDFDocument, { buyer, sealedAt, dueAt, periodStart, periodEnd }: Invoice, seller: Seller): void {
  pdf.font('text').fontSize(9).moveDown(0.5)
  pdf.text(`To: ${buyer?.name ?? ''}${buyer?.email == null ? '' : `, ${buyer.email}`}`)
  pdf.text(`Date: ${dayOf(sealedAt)}    Due: ${dayOf(dueAt)}    Period: ${dayOf(periodStart)} to ${dayOf(periodEnd)} (UTC)`)
  pdf
    .moveDown(1.5)
    .strokeColor(seller.colour)
    .moveTo(page.margin, pdf.y)
    .lineTo(page.margin + page.width, pdf.y)
    .stroke()
    .moveDown(0.5)
}

function drawLine(
  pdf: PDFKit.PDFDocument,
  { description, quantity, amountMinor, periodStart, periodEnd }: InvoiceLine,
  currency: string,
): void {
  const span = periodStart === null ? '' : `, ${dayOf(periodStart)} to ${dayOf(periodEnd)}`
  const text = `${quantity === 1 ? '' : `${quantity.toLocaleString('en')} x `}${description}${span}`
  drawRow(pdf, text, formatMoney(amountMinor, currency))
}

function drawTotals(pdf: PDFKit.PDFDocument, { subtotalMinor, taxMinor, totalMinor, currency }: Invoice, { tax }: Seller): void {
  pdf
    .moveDown(0.5)
    .moveTo(page.margin, pdf.y)
    .lineTo(page.margin + page.width, pdf.y)
    .stroke()
    .moveDown(0.5)
  if (tax !== null) {
    drawRow(pdf, 'Subtotal', formatMoney(subtotalMinor ?? 0, currency))
    drawRow(pdf, `${tax.label} ${tax.basisPoints / 100} %`, formatMoney(taxMinor ?? 0, currency))
  }
  pdf.font('bold')
  drawRow(pdf, 'Total', formatMoney(totalMinor ?? 0, currency))
}

/** A text that may take several lines, and its amount beside the first of them. */
function drawRow(pdf: PDFKit.PDFDocument, text: string, amount: string): void {
  const width = page.width - page.amountWidth
  if (pdf.y + pdf.heightOfString(text, { width }) > page.bottom) pdf.addPage()
  const top = pdf.y
  pdf
    .fontSize(9)
    .fillColor('black')
    .text(amount, page.margin + width, top, { width: page.amountWidth, align: 'right' })
  pdf.text(text, page.margin, top, { width }).moveDown(0.3)
}

const dayOf = (at: string | null) => at?.slice(0, 10) ?? ''
