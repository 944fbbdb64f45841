using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Serialization;

namespace SentryOtel.Kubernetes.Client.Transport;

/// <summary>Makes an exception of an answer that is not a success.</summary>
internal static class FailureReader
{
    private const int LongestText = 512;

    public static async Task<KubernetesException> ReadAsync(
        ApiRequest request, HttpResponseMessage response, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return new KubernetesException(
            response.StatusCode, request.ToString(), ReadStatus(body), RetryAfter(response.Headers.RetryAfter, timeProvider));
    }

    private static V1Status? ReadStatus(byte[] body)
    {
        if (body.Length == 0)
        {
            return null;
        }

        try
        {
            if (JsonSerializer.Deserialize(body, KubernetesJsonContext.Default.V1Status) is { Status: not null } status)
            {
                return status;
            }
        }
        catch (JsonException)
        {
            // Not the API server's words but those of a proxy before it, or plain text: kept below as they are.
        }

        return new V1Status { Message = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, LongestText))).Trim() };
    }

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header, TimeProvider timeProvider)
    {
        var wait = header?.Delta ?? header?.Date - timeProvider.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
