using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SentryOtel.Cluster;

namespace SentryOtel.EndToEnd;

/// <summary>
/// An API server whose <c>pods/proxy</c> reaches pods on loopback addresses, which the real one refuses ("address not allowed"), and where the pods of the test's node are.
/// Everything else is the real server's answer; and as there, the header Authorization does not get to the pod.
/// </summary>
internal sealed partial class ApiFront : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly HttpClient _http;
    private readonly Uri _server;

    private ApiFront(WebApplication application, HttpClient http, Uri server) => (_application, _http, _server) = (application, http, server);

    /// <summary>A kubeconfig of an administrator that leads here.</summary>
    public string KubeconfigPath { get; private set; } = "";

    public static async Task<ApiFront> StartAsync(ControlPlane controlPlane, CancellationToken cancellationToken)
    {
        await controlPlane.RunKubectlAsync(["create", "serviceaccount", "person", "--namespace", "default"], null, cancellationToken);
        await controlPlane.RunKubectlAsync(["create", "clusterrolebinding", "person", "--clusterrole=cluster-admin", "--serviceaccount=default:person"], null, cancellationToken);
        var token = await controlPlane.RunKubectlAsync(["create", "token", "person", "--namespace", "default"], null, cancellationToken);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var application = builder.Build();
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { X509Certificate2.CreateFromPem(controlPlane.CertificateAuthorityPem) },
        };
        var front = new ApiFront(application, new HttpClient(handler), controlPlane.Server);
        application.Run(front.HandleAsync);
        await application.StartAsync(cancellationToken);
        front.KubeconfigPath = Path.Combine(controlPlane.FolderPath, "person.kubeconfig");
        await File.WriteAllTextAsync(
            front.KubeconfigPath,
            $$"""
            apiVersion: v1
            kind: Config
            current-context: front
            clusters:
            - name: front
              cluster: {server: "{{application.Urls.First()}}"}
            users:
            - name: person
              user: {token: {{token.Trim()}} }
            contexts:
            - name: front
              context: {cluster: front, user: person}
            """,
            cancellationToken);
        return front;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _http.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var proxied = ProxyPath().Match(context.Request.Path.Value!);
        var target = new Uri(_server, context.Request.Path + context.Request.QueryString);
        if (proxied.Success)
        {
            using var question = new HttpRequestMessage(HttpMethod.Get, new Uri(_server, proxied.Groups["object"].Value));
            question.Headers.TryAddWithoutValidation("Authorization", context.Request.Headers.Authorization.ToString());
            using var answer = await _http.SendAsync(question, context.RequestAborted);
            var pod = JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(context.RequestAborted))!;
            target = new Uri($"http://{(string)pod["status"]!["podIP"]!}:{proxied.Groups["port"].Value}{proxied.Groups["path"].Value}");
        }

        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), target) { Content = new StreamContent(context.Request.Body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", (string?)context.Request.ContentType);
        request.Headers.TryAddWithoutValidation("Accept", context.Request.Headers.Accept.ToString());
        if (!proxied.Success)
        {
            request.Headers.TryAddWithoutValidation("Authorization", context.Request.Headers.Authorization.ToString());
        }

        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    [GeneratedRegex("^(?<object>/api/v1/namespaces/[^/]+/pods/[^/:]+):(?<port>[0-9]+)/proxy(?<path>/.*)$")]
    private static partial Regex ProxyPath();
}
