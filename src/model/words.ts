/**
 * The words for people, in both languages, by code. Codes and figures never change with the
 * language; the page, the API and the log read the same catalogue, so they cannot disagree.
 */
import type { AlarmState, Because, Severity } from './alarm.ts'
import { ERRORS, type ErrorCode, type Language, type Words } from './errors.ts'
import { phrase } from './phrase.ts'
import type { UseStep } from './water-use.ts'
import { BECAUSE } from './words-because.ts'
import type { OrderState } from './work-order.ts'

const words = (en: string, zh: string): Words => ({ en, 'zh-CN': zh })

export const SEVERITY_WORDS: Readonly<Record<Severity, Words>> = {
  critical: words('critical', '紧急'),
  high: words('high', '重要'),
  medium: words('medium', '一般'),
  low: words('low', '提示'),
}

export const ALARM_STATE_WORDS: Readonly<Record<AlarmState, Words>> = {
  'active-unacknowledged': words('active, not acknowledged', '未确认'),
  'active-acknowledged': words('active, acknowledged', '已确认'),
  'cleared-unacknowledged': words('cleared, not acknowledged', '已恢复未确认'),
  cleared: words('cleared', '已恢复'),
}

export const ORDER_STATE_WORDS: Readonly<Record<OrderState, Words>> = {
  reported: words('reported', '已报修'),
  triaged: words('triaged', '已受理'),
  dispatched: words('dispatched', '已派单'),
  accepted: words('accepted', '已接单'),
  arrived: words('on site', '已到场'),
  'in-progress': words('in progress', '处理中'),
  'on-hold': words('on hold', '已挂起'),
  done: words('done', '已完工'),
  verified: words('verified', '已验收'),
  visited: words('visited', '已回访'),
  closed: words('closed', '已关闭'),
  rejected: words('rejected', '已驳回'),
  merged: words('merged', '已合并'),
  cancelled: words('cancelled', '已取消'),
}

export const STEP_WORDS: Readonly<Record<UseStep, Words>> = {
  hour: words('hour', '小时'),
  day: words('day', '日'),
  month: words('month', '月'),
}

/** Why, in words; a code without words is shown as it is rather than hidden. */
export function becauseText({ code, figures }: Because, language: Language): string {
  const template = BECAUSE[code]
  return template ? phrase(template, language, figures) : code
}

export const errorTitle = (code: ErrorCode, language: Language): string => ERRORS[code].title[language]
