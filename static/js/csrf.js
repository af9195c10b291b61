/* The CSRF token: the cookie is newest (it changes when somebody signs in again in another tab). */

const FIELD = "csrfmiddlewaretoken";

export function cookie(name) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

export function csrfToken(element) {
  const fromForm = element.closest("form")?.querySelector(`input[name=${FIELD}]`)?.value;
  const fromMeta = document.querySelector('meta[name="csrf-token"]')?.content;
  return cookie("csrftoken") || fromForm || fromMeta || "";
}

/* A form opened before signing in again would be refused with its old token. */
export function freshenToken(form) {
  const field = form.querySelector(`input[name=${FIELD}]`);
  const token = cookie("csrftoken");
  if (field && token) field.value = token;
}
