import { expect, it } from 'vitest'
import { type SpanName, spanOf } from './spans.ts'

/** Half past midnight on the first of March in Shanghai, still February in London. */
const NOW = Date.parse('2028-02-29T16:30:00Z')

it.each<[SpanName, string, string, string]>([
  ['today', 'hour', '2028-03-01', '2028-03-01'],
  ['yesterday', 'hour', '2028-02-29', '2028-02-29'],
  ['week', 'day', '2028-02-24', '2028-03-01'],
  ['month', 'day', '2028-03-01', '2028-03-01'],
  ['month-before', 'day', '2028-02-01', '2028-02-29'],
  ['year', 'month', '2028-01-01', '2028-03-01'],
])('%s is of whole days on the site, also over the end of a leap February', (name, step, from, to) => {
  expect(spanOf(name, NOW, 'Asia/Shanghai')).toEqual({ step, from, to })
})
