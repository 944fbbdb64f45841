using OpenTelemetry.Exporter;

namespace SentryOtel.Demo.Telemetry;

/// <summary>One service of the demonstration.</summary>
/// <param name="Name">Its <c>service.name</c>.</param>
/// <param name="ProjectSlug">The Sentry project where all of its data belongs.</param>
/// <param name="Announced">How the operator came to know of it, for people.</param>
/// <param name="Protocol">How it sends.</param>
internal sealed record DemoService(string Name, string ProjectSlug, string Announced, OtlpExportProtocol Protocol)
{
    /// <summary>What <c>examples/quick-start</c> announces, and one service that nobody did.</summary>
    public static IReadOnlyList<DemoService> All { get; } =
    [
        new("orders", "orders", "label on a Deployment", OtlpExportProtocol.Grpc),
        new("inventory", "inventory", "label on a StatefulSet", OtlpExportProtocol.HttpProtobuf),
        new("log-shipper", "log-shipper", "label on a DaemonSet", OtlpExportProtocol.Grpc),
        new("checkout-v2", "checkout", "a SentryProjectRoute", OtlpExportProtocol.HttpProtobuf),
        new("recommendations", "recommendations", "nobody", OtlpExportProtocol.Grpc),
    ];
}
