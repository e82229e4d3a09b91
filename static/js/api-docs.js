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

  followColorScheme();
  darkQuery.addEventListener('change', followColorScheme);

  const container = document.getElementById('api-docs');
  SwaggerUIBundle({
    domNode: container,
    url: container.dataset.openapi,
    presets: [SwaggerUIBundle.presets.apis],
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
