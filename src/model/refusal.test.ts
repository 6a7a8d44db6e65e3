import { expect, it } from 'vitest'
import { GatehouseError } from './errors.ts'
import { inWords, said } from './refusal.ts'
import { ORDER_STATE_WORDS } from './words.ts'
import { REFUSALS } from './words-refusals.ts'

const figuresIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()

it.each(Object.entries(REFUSALS))('%s names the same figures in both languages', (_code, words) => {
  expect(figuresIn(words['zh-CN'])).toEqual(figuresIn(words.en))
  expect(words['zh-CN']).toMatch(/\p{Script=Han}/u)
})

it('an error is one sentence in English and can be said in Chinese, states of an order included', () => {
  const figures = { user: 'li', number: '12', to: ORDER_STATE_WORDS.closed }
  const error = new GatehouseError('forbidden', said('not-own-move', figures))
  expect(error.message).toBe('li may not move work order 12 to “closed”.')
  expect(error.said && inWords(error.said, 'zh-CN')).toBe('li 无权将工单 #12 流转为“已关闭”。')
  expect(new GatehouseError('journal-full', 'No room.').said).toBeUndefined()
})
