using System.Collections.Frozen;

namespace SentryOtel.SentryServer.Management;

/// <summary>The platform ids that this Sentry knows: the common ones of Sentry's getting-started list, and <c>other</c>.</summary>
internal static class Platforms
{
    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.Ordinal,
        "android", "apple", "apple-ios", "apple-macos", "bun", "capacitor", "cordova", "dart", "deno", "dotnet", "dotnet-aspnet", "dotnet-aspnetcore",
        "dotnet-awslambda", "dotnet-gcpfunctions", "dotnet-maui", "dotnet-winforms", "dotnet-wpf", "dotnet-xamarin", "electron", "elixir", "flutter", "go", "go-echo",
        "go-fasthttp", "go-fiber", "go-gin", "go-http", "go-iris", "go-negroni", "godot", "ionic", "java", "java-log4j2", "java-logback", "java-spring",
        "java-spring-boot", "javascript", "javascript-angular", "javascript-astro", "javascript-ember", "javascript-gatsby", "javascript-nextjs", "javascript-nuxt",
        "javascript-react", "javascript-react-router", "javascript-remix", "javascript-solid", "javascript-solidstart", "javascript-svelte", "javascript-sveltekit",
        "javascript-vue", "kotlin", "minidump", "native", "native-qt", "nintendo-switch", "node", "node-awslambda", "node-azurefunctions", "node-cloudflare-workers",
        "node-connect", "node-express", "node-fastify", "node-gcpfunctions", "node-hapi", "node-hono", "node-koa", "node-nestjs", "other", "php", "php-laravel",
        "php-symfony", "playstation", "powershell", "python", "python-aiohttp", "python-asgi", "python-awslambda", "python-bottle", "python-celery", "python-chalice",
        "python-django", "python-falcon", "python-fastapi", "python-flask", "python-gcpfunctions", "python-pylons", "python-pyramid", "python-quart", "python-rq",
        "python-sanic", "python-serverless", "python-starlette", "python-tornado", "python-tryton", "python-wsgi", "react-native", "ruby", "ruby-rack", "ruby-rails",
        "rust", "unity", "unreal", "xbox");

    public static bool IsKnown(string platform) => Known.Contains(platform);
}
