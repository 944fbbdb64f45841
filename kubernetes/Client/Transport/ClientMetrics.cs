using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;

namespace SentryOtel.Kubernetes.Client.Transport;

/// <summary>client-go's own counter, under its own name.</summary>
internal static class ClientMetrics
{
    public const string MeterName = "SentryOtel.Kubernetes.Client";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "rest_client_requests_total", description: "Requests to the API server, by method, host and status code.");

    private static readonly Counter<long> Undecodable = Meter.CreateCounter<long>(
        "rest_client_undecodable_objects_total", description: "Objects left out of lists and watches because they could not be read.");

    public static void Answered(HttpMethod method, Uri host, HttpStatusCode code) =>
        Requests.Add(1, new("code", ((int)code).ToString(CultureInfo.InvariantCulture)), new("method", method.Method), new("host", host.Authority));

    public static void Failed(HttpMethod method, Uri host) =>
        Requests.Add(1, new("code", "<error>"), new("method", method.Method), new("host", host.Authority));

    public static void LeftOut(string kind) => Undecodable.Add(1, new KeyValuePair<string, object?>("kind", kind));
}
