/** Why something was not done, in words: the gateway's own where it gave some, in the language of the page. */
import type { TFunction } from 'i18next'
import { isProblem } from '../api/problem.ts'

export function refusalWords(
  cause: unknown,
  t: TFunction,
): { readonly title: string; readonly detail: string } {
  if (isProblem(cause, 0)) return { title: t('state.unreachable'), detail: t('state.unreachableHelp') }
  if (!isProblem(cause)) return { title: t('state.failed'), detail: '' }
  const title = cause.title || t('state.failed')
  return { title, detail: cause.message === title ? '' : cause.message }
}
