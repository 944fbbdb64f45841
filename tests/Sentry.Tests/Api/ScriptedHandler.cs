using System.Net;

namespace SentryOtel.Sentry.Tests.Api;

/// <summary>Answers that a real server can not be brought to give at a fixed time. Reads of the organisation are answered apart.</summary>
internal sealed class ScriptedHandler(params Func<HttpResponseMessage>[] answers) : HttpMessageHandler
{
    private readonly Queue<Func<HttpResponseMessage>> _answers = new(answers);

    public List<Uri> Requests { get; } = [];

    public string Organization { get; init; } = """{"id":"42","slug":"acme"}""";

    public static HttpResponseMessage Json(int status, string body, params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) };
        foreach (var (name, value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.AbsolutePath.EndsWith("/organizations/acme/", StringComparison.Ordinal))
        {
            return Task.FromResult(Json(200, Organization));
        }

        lock (Requests)
        {
            Requests.Add(request.RequestUri!);
            return Task.FromResult(_answers.Dequeue()());
        }
    }
}
