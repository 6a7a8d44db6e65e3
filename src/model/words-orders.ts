/** Of an order that could not be moved, in both languages: who was faster, and what is possible now. */
import type { Words } from './errors.ts'

const words = (en: string, zh: string): Words => ({ en, 'zh-CN': zh })

export const ORDER_MOVED = {
  moved: words('{by} moved it to “{state}”', '{by} 已将其改为“{state}”'),
  stays: words('{by} changed it, it is “{state}”', '{by} 已修改，当前为“{state}”'),
  reported: words('it is “{state}”, as {by} reported it', '由 {by} 报修，当前为“{state}”'),
  may: words('You may move it to {states}', '您可将其改为：{states}'),
  mayNot: words('There is no move that you may make', '您目前没有可执行的操作'),
} as const satisfies Record<string, Words>
