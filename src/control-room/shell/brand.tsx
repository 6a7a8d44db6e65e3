/** The sign and the name of the product, for the header and the sign-in. */
import styles from './shell.module.css'

export function Brand() {
  return (
    <span className={styles.brand}>
      <svg viewBox="0 0 20 20" width="1.25rem" height="1.25rem" aria-hidden="true">
        <path d="M2 18V8l8-6 8 6v10h-5v-7H7v7z" fill="currentColor" />
        <path d="M8.5 18v-5h3v5z" fill="var(--accent)" />
      </svg>
      Gatehouse
    </span>
  )
}
