using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SentryOtel.Clients.JavaScript;
using SentryOtel.Testing;

namespace SentryOtel.Clients.Browser;

/// <summary>A web shop's server: a page with <c>js/page.js</c> in it, of an origin that is not the gateway's.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PageServer(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    /// <summary>The page's.</summary>
    public Uri Address { get; }

    /// <summary>As a browser writes it into <c>Origin</c>.</summary>
    public string Origin => Address.GetLeftPart(UriPartial.Authority);

    public static async Task<PageServer> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var modules = new BrowserModules(NodeModules.Folder());
        app.MapGet("/", () => Results.Content(
            $"""<!doctype html><title>Shop</title><script type="importmap">{modules.ImportMap}</script><script type="module" src="/page.js"></script>""", "text/html"));
        app.MapGet("/page.js", () => Results.File(RepositoryFiles.PathOf("tests/Clients/js/page.js"), "text/javascript"));
        app.MapGet("/favicon.ico", () => Results.NoContent());

        // A module's own imports are relative to where it lies, so a file that goes by another name is redirected to.
        app.MapGet(BrowserModules.Root + "{**path}", (string path) => modules.Resolve(path) switch
        {
            null => Results.NotFound(),
            { } file when file == path => Results.File(modules.PathOf(file), "text/javascript"),
            { } file => Results.Redirect(BrowserModules.Root + file),
        });
        await app.StartAsync(cancellationToken);
        return new PageServer(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
