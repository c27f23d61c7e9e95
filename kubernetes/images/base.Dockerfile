# Stand-ins for the base images where no registry is reachable; `./driveline images` calls this.
ARG BASE=scratch
FROM scratch AS base
ADD base.tar /

FROM ${BASE} AS jdk
ENV JAVA_HOME=/opt/java/openjdk
COPY . /opt/java/openjdk
