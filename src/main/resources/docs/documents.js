// Shows the documents that this node serves, and nothing from elsewhere: no validator, no fonts.
fetch('/openapi')
  .then(answer => answer.json())
  .then(({documents}) => {
    SwaggerUIBundle({
      dom_id: '#documents',
      urls: documents,
      'urls.primaryName': new URLSearchParams(location.search).get('urls.primaryName'),
      validatorUrl: null,
      deepLinking: true,
      docExpansion: 'list',
      defaultModelsExpandDepth: 0,
      presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
      layout: 'StandaloneLayout',
    });
  });
