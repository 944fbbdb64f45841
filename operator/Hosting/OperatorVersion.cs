using System.Reflection;

namespace SentryOtel.Operator.Hosting;

/// <summary>The version of this build.</summary>
internal static class OperatorVersion
{
    public static string Text { get; } =
        typeof(OperatorVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}
