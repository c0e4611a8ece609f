@@code@@
