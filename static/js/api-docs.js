/* global SwaggerUIBundle */
'use strict';

(() => {
  const darkQuery = window.matchMedia('(prefers-color-scheme: dark)');

  // Swagger UI switches to its dark colours by this class.
  function followColorScheme() {
    document.documentElement.classList.toggle('dark-mode', darkQuery.matches);
  }

  // Return the CSRF token from its cookie; every write repeats it in a header.
  function csrfToken() {
    const name = `${document.documentElement.dataset.csrf}=`;
    const found = document.cookie.split('; ').find((pair) => pair.startsWith(name));
    return found ? decodeURIComponent(found.slice(name.length)) : '';
  }

  // A call uses the credentials entered on this page. Without any, it uses the sign-in of this
  // browser, like the pages of Spikecast. It never uses both, so that it is clear which one was accepted.
  function authenticate(request) {
    if (request.loadSpec) {
      return request;
    }
    const isAuthorized = Object.keys(request.headers).some((name) => /^(authorization|x-api-key)$/i.test(name));
    request.credentials = isAuthorized ? 'omit' : 'same-origin';
    if (!isAuthorized && request.method.toUpperCase() !== 'GET') {
      request.headers['X-CSRF-TOKEN'] = csrfToken();
    }
    return request;
  }

  // Fixes for screen readers in Swagger UI: a link inside a button, a missing level of
  // headings, and parts of the page without a role or name.
  const accessible = ({ React: { createElement } }) => {
    const within = (tag, attributes) => (Part) => (props) => createElement(tag, attributes, createElement(Part, props));
    return {
      components: {
        DeepLink: ({ text }) => createElement('span', null, text),
      },
      wrapComponents: {
        InfoContainer: within('section', { 'aria-label': 'About this API' }),
        // There is only one server, and its select has no label.
        ServersContainer: () => () => null,
        FilterContainer: within('div', { role: 'search', 'aria-label': 'Filter the calls' }),
        operations: (Operations) => (props) =>
          createElement('div', null, createElement('h2', { className: 'docs-calls' }, 'Calls'), createElement(Operations, props)),
      },
    };
  };

  followColorScheme();
  darkQuery.addEventListener('change', followColorScheme);

  const container = document.getElementById('api-docs');
  SwaggerUIBundle({
    domNode: container,
    url: container.dataset.openapi,
    presets: [SwaggerUIBundle.presets.apis],
    plugins: [accessible],
    layout: 'BaseLayout',
    deepLinking: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    filter: true,
    persistAuthorization: false,
    tryItOutEnabled: true,
    validatorUrl: null,
    requestInterceptor: authenticate,
  });
})();
