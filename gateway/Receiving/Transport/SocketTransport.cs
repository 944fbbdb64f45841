using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SentryOtel.Gateway.Receiving.Transport;

/// <summary>Kestrel's socket transport, reading into <see cref="ReceiveBlocks"/>.</summary>
internal static class SocketTransport
{
    /// <summary>A transport without a host around it.</summary>
    /// <param name="loggerFactory">For its connections.</param>
    public static IConnectionListenerFactory Create(ILoggerFactory loggerFactory)
    {
        // Only services can tell the transport where its memory comes from; made by its constructor it takes the shared pool, which keeps too little of it.
        var builder = new ServicesOnly();
        builder.Services.AddSingleton(loggerFactory);
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new ReceiveBlocks(BodyPool.Process));
        builder.UseSockets();
        return builder.Services.BuildServiceProvider().GetRequiredService<IConnectionListenerFactory>();
    }

    private sealed class ServicesOnly : IWebHostBuilder
    {
        public ServiceCollection Services { get; } = [];

        public IWebHostBuilder ConfigureServices(Action<IServiceCollection> configureServices)
        {
            configureServices(Services);
            return this;
        }

        public IWebHostBuilder ConfigureServices(Action<WebHostBuilderContext, IServiceCollection> configureServices)
        {
            configureServices(new WebHostBuilderContext(), Services);
            return this;
        }

        public IWebHostBuilder ConfigureAppConfiguration(Action<WebHostBuilderContext, IConfigurationBuilder> configureDelegate) => this;

        public string? GetSetting(string key) => null;

        public IWebHostBuilder UseSetting(string key, string? value) => this;

#pragma warning disable ASPDEPR008 // The interface asks for it; nothing is built here.
        public IWebHost Build() => throw new NotSupportedException();
#pragma warning restore ASPDEPR008
    }
}
