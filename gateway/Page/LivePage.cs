using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace SentryOtel.Gateway.Page;

/// <summary>
/// The page at <c>/</c>: one file without anything from elsewhere, which polls <c>/routes</c>. Its policy lets the browser run and apply nothing but the file's own script and style,
/// known by their hashes, and connect nowhere but here.
/// </summary>
internal sealed class LivePage
{
    private readonly byte[] _html;
    private readonly string _policy;

    private LivePage(string html)
    {
        _html = Encoding.UTF8.GetBytes(html);
        _policy = string.Join("; ",
            "default-src 'none'",
            $"script-src '{Hash(html, "script")}'",
            $"style-src '{Hash(html, "style")}'",
            "connect-src 'self'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'");
    }

    public static LivePage Load()
    {
        using var resource = typeof(LivePage).Assembly.GetManifestResourceStream("page.html") ?? throw new InvalidOperationException("The page is not part of the program.");
        using var reader = new StreamReader(resource, Encoding.UTF8);

        // A browser hashes the text with line feeds, whatever the file was checked out with.
        return new LivePage(reader.ReadToEnd().ReplaceLineEndings("\n"));
    }

    public Task AnswerAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = _html.Length;
        response.Headers.ContentSecurityPolicy = _policy;
        response.Headers.CacheControl = "no-cache";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(_html, context.RequestAborted).AsTask();
    }

    private static string Hash(string html, string element)
    {
        var start = html.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        var end = html.IndexOf($"</{element}>", start, StringComparison.Ordinal);
        return $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(html[start..end])))}";
    }
}
