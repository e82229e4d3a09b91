/* global SwaggerUIBundle */
'use strict';

(() => {
  const darkQuery = window.matchMedia('(prefers-color-scheme: dark)');

  // Swagger UI's own dark colours hang on this class.
  function followColorScheme() {
    document.documentElement.classList.toggle('dark-mode', darkQuery.matches);
  }

  // A tried call carries what is authorised on this page, never the cookies of a signed-in browser:
  // it does here what the same call does in a script.
  function leaveCookiesOut(request) {
    if (!request.loadSpec) {
      request.credentials = 'omit';
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
    requestInterceptor: leaveCookiesOut,
  });
})();
