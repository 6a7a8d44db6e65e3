/**
 * A refusal of the API as it is thrown in the page: the problem's own words are shown, its code decides what
 * is offered.
 */
import type { OrderState } from '../../model/work-order.ts'

export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly code: string
  readonly title: string
  readonly errors: readonly { path: string; message: string }[]
  /** Where an order may go, with `order-state`. */
  readonly next: readonly OrderState[]

  constructor(status: number, body: Partial<Record<string, unknown>>) {
    const text = (key: string) => (typeof body[key] === 'string' ? body[key] : '')
    super(text('detail') || text('title'))
    this.status = status
    this.code = text('code') || (status === 0 ? 'unreachable' : 'internal')
    this.title = text('title')
    this.errors = Array.isArray(body.errors) ? body.errors : []
    this.next = Array.isArray(body.next) ? body.next : []
  }
}

export const isProblem = (cause: unknown, status?: number): cause is Problem =>
  cause instanceof Problem && (status === undefined || cause.status === status)
