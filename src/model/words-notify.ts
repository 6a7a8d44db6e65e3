/**
 * What a notification says, in both languages: titles and lines of letters to people. Figures in braces, as
 * everywhere.
 */
import type { Words } from './errors.ts'

const words = (en: string, zh: string): Words => ({ en, 'zh-CN': zh })

export const EVENT_WORDS: Readonly<Record<string, Words>> = {
  'alarm.raised': words('alarm', '告警'),
  'alarm.acknowledged': words('alarm acknowledged', '告警已确认'),
  'alarm.cleared': words('alarm cleared', '告警已恢复'),
  'alarm.escalated': words('alarm not acknowledged', '告警未确认，升级通知'),
  'alarm.shelved': words('alarm shelved', '告警已搁置'),
  'alarm.unshelved': words('alarm no longer shelved', '告警搁置结束'),
  'alarm.suppressed': words('alarm suppressed', '告警已抑制'),
  'alarm.unsuppressed': words('alarm no longer suppressed', '告警抑制解除'),
  'alarm.latched': words('alarm latched', '告警已锁存'),
  'alarm.repeated': words('alarm repeats', '告警重复'),
  'order.created': words('work order', '新工单'),
  'order.moved': words('work order moved', '工单流转'),
  'order.overdue': words('work order overdue', '工单超时'),
  'flood.began': words('alarm flood', '告警洪峰'),
  'flood.ended': words('alarm flood over', '告警洪峰结束'),
  'out-of-service.began': words('out of service', '停用检修'),
  'out-of-service.ended': words('back in service', '恢复使用'),
}

export const LETTER_WORDS = {
  where: words('Where: {place}', '位置：{place}'),
  why: words('Why: {text}', '原因：{text}'),
  since: words('Since: {at}', '发生时间：{at}'),
  learnt: words('Learnt: {at}', '获知时间：{at}'),
  cleared: words('Over: {at}', '恢复时间：{at}'),
  acknowledged: words('Acknowledged: {by}, {at}', '确认：{by}，{at}'),
  note: words('Note: {note}', '备注：{note}'),
  step: words('Step {step} of {of}: nobody has acknowledged it yet', '第 {step}/{of} 级升级：仍无人确认'),
  order: words('#{number} {title}', '#{number} {title}'),
  state: words('State: {state}', '状态：{state}'),
  assignee: words('With: {assignee}', '处理方：{assignee}'),
  lateAcceptance: words('Should have been accepted by {at}', '应于 {at} 前接单'),
  lateRepair: words('Should have been done by {at}', '应于 {at} 前完工'),
  givenBack: words('work order given back', '工单被退回'),
  givenBackBy: words('Given back by: {by}', '退回方：{by}'),
  flooded: words(
    'Seat {seat}: {count} alarms within 10 minutes. Until it is over they come in digests; critical ones at once.',
    '坐席 {seat}：10 分钟内 {count} 条告警。洪峰期间改为摘要通知，紧急告警仍即时通知。',
  ),
  calm: words(
    'Seat {seat}: over at {until}, {count} alarms since {since}',
    '坐席 {seat}：{until} 结束，自 {since} 起共 {count} 条告警',
  ),
  quiet: words('Until {until}: {reason} ({by})', '至 {until}：{reason}（{by}）'),
  back: words('Since {at} ({by})', '自 {at} 起（{by}）'),
  digest: words('{count} notifications', '{count} 条通知'),
  group: words('{fault} · {place} × {count}, {from} to {to}', '{fault} · {place} × {count}，{from} 至 {to}'),
  other: words('{event} × {count}', '{event} × {count}'),
  more: words('… and {count} more lines, in the control room', '……另有 {count} 行，详见监控中心'),
} as const
