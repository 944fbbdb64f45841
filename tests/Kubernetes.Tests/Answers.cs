using System.Net;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Tests;

/// <summary>Answers and objects as an API server gives them.</summary>
internal static class Answers
{
    public static KubernetesException Status(HttpStatusCode code, string reason) =>
        new(code, "GET /test", new V1Status { Code = (int)code, Reason = reason, Message = "as the test wants it" });

    public static KubernetesException Gone() => Status(HttpStatusCode.Gone, "Expired");

    public static KubernetesException TooManyRequests() => Status(HttpStatusCode.TooManyRequests, "TooManyRequests");

    public static KubernetesException InternalError() => Status(HttpStatusCode.InternalServerError, "InternalError");

    public static KubernetesException Conflict() => Status(HttpStatusCode.Conflict, "Conflict");

    public static KubernetesException NotFound() => Status(HttpStatusCode.NotFound, "NotFound");

    public static KubernetesException AlreadyExists() => Status(HttpStatusCode.Conflict, "AlreadyExists");

    public static V1ConfigMap ConfigMap(string name, string version, string @namespace = "shop", string? uid = null) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Namespace = @namespace, ResourceVersion = version, Uid = uid ?? "uid-" + name },
    };
}
