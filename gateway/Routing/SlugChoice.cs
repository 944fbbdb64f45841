using System.Diagnostics.CodeAnalysis;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Sentry.Slugs;

namespace SentryOtel.Gateway.Routing;

/// <summary>From a value of the routing attribute to the slug of its project: mapping first, slug policy second.</summary>
internal sealed class SlugChoice(RoutingConfiguration routing)
{
    /// <summary>The slug; or why there is none. <paramref name="others"/> are the values that must not share it under <c>normalize</c>.</summary>
    public bool TryChoose(string value, IEnumerable<string> others, [NotNullWhen(true)] out string? slug, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (value.Length == 0)
        {
            slug = routing.FallbackProject;
            error = slug is null ? $"the resource attribute {routing.ProjectFromAttribute} is missing" : null;
            return slug is not null;
        }

        if (routing.ProjectMapping.TryGetValue(value, out slug))
        {
            return true;
        }

        return SlugResolver.TryResolve(value, routing.SlugPolicy, others, out slug, out error);
    }
}
