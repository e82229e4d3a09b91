/* global SwaggerUIBundle */
'use strict';

(() => {
  const darkQuery = window.matchMedia('(prefers-color-scheme: dark)');

  // Swagger UI's own dark colours hang on this class.
  function followColorScheme() {
    document.documentElement.classList.toggle('dark-mode', darkQuery.matches);
  }

  // The value of the cookie that scripts may read, and repeat in the header of every write.
  function csrfToken() {
    const name = `${document.documentElement.dataset.csrf}=`;
    const found = document.cookie.split('; ').find((pair) => pair.startsWith(name));
    return found ? decodeURIComponent(found.slice(name.length)) : '';
  }

  // A tried call carries what is authorised on this page. Without that it is made as whoever is signed in in this
  // browser, as the pages of Spikecast do it. Never both: then it would not be plain what let it through.
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

  // Where Swagger UI leaves people with a screen reader alone: a link inside a button, a level of headings
  // that is left out, and parts of the page that say not what they are.
  const accessible = ({ React: { createElement } }) => {
    const within = (tag, attributes) => (Part) => (props) => createElement(tag, attributes, createElement(Part, props));
    return {
      components: {
        DeepLink: ({ text }) => createElement('span', null, text),
      },
      wrapComponents: {
        InfoContainer: within('section', { 'aria-label': 'About this API' }),
        // There is but one, and its choice has no name.
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
