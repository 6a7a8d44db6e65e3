/** The button under a list that is read page by page, newest first; gone where there is no more. */
import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'

type Pages = {
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  fetchNextPage(): Promise<unknown>
}

export function Earlier({ of: { hasNextPage, isFetchingNextPage, fetchNextPage } }: { of: Pages }) {
  const { t } = useTranslation()
  if (!hasNextPage) return null
  return (
    <Button
      className="no-print"
      variant="default"
      mt="sm"
      loading={isFetchingNextPage}
      onClick={() => void fetchNextPage()}
    >
      {t('list.earlier')}
    </Button>
  )
}
