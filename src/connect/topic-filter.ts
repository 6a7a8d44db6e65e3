/**
 * A topic filter as MQTT has it (3.1.1 §4.7.1): a wrong one is refused by the broker only when somebody
 * subscribes, so it is checked before the start.
 */
import * as z from 'zod'

/** Each level whole: `+` stands for one, `#` for all that follow and therefore last. */
export const TopicFilter = z
  .string()
  .min(1)
  .max(65_535)
  .refine((filter) => !filter.includes('\u0000'), 'holds a character that MQTT forbids')
  .refine((filter) => {
    const levels = filter.split('/')
    return levels.every((level, i) => {
      if (level === '#') return i === levels.length - 1
      return level === '+' || !/[+#]/.test(level)
    })
  }, 'is no topic filter: + stands for one whole level, and # for all that follow, at the end')
